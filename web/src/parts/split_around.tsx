// What stands around a split: stops, whose the channels are, shares of voice, the funnel.
import { linkTo } from "../location";
import { percentText } from "../numbers";
import type { Exposure, FunnelStep, Split } from "../types";
import { joined, named, t } from "../words";
import { Claimed } from "./figure";
import { Table } from "./page";
import { amountText, nameOf, shareText, titleOf } from "./split_data";

const MOST_STOPS = 4;

export function Around({ of }: { of: Split }) {
  return (
    <>
      {of.stops.length > 0 && <Stops of={of} />}
      {of.exposures.length > 0 && <Exposures of={of} />}
      {of.voices.length > 0 && <Voices of={of} />}
      {of.funnel.length > 0 && (
        <>
          <h3>{t("split.funnel")}</h3>
          <Table
            rows={of.funnel}
            keyOf={(step) => step.kind}
            columns={[
              { name: t("split.step"), cell: (step) => named("split_step", step.kind) },
              { name: t("split.value"), isLong: true, cell: stepText },
            ]}
          />
        </>
      )}
    </>
  );
}

function stepText(step: FunnelStep): string {
  const text = step.kind === "kept" ? shareText(step.figure) : amountText(step.figure);
  if (!step.missing) return text;
  return joined([text, named("split_lacking", step.missing)]);
}

function Stops({ of }: { of: Split }) {
  const why = of.stops.some((stop) => stop.claim_ids.length > 0)
    ? [
        {
          name: t("split.why"),
          cell: (stop: Split["stops"][number]) => {
            const claim = stop.claim_ids[0];
            if (!claim) return t("app.none");
            return (
              <Claimed id={claim} what={titleOf(of, [stop.channel])}>
                {t("entity.split_ban")}
              </Claimed>
            );
          },
        },
      ]
    : [];
  return (
    <>
      <h3>{t("split.stops")}</h3>
      <Table
        rows={of.stops.slice(-MOST_STOPS)}
        keyOf={(stop) => `${stop.day} ${stop.channel}`}
        columns={[
          { name: t("split.day"), cell: (stop) => stop.day },
          { name: t("split.channel"), cell: (stop) => titleOf(of, [stop.channel]) },
          { name: t("split.higher_before"), cell: (stop) => amountText(stop.change) },
          { name: t("split.n"), cell: (stop) => `${stop.n_before} / ${stop.n_after}` },
          ...why,
        ]}
      />
      <p class="small soft">{t("split.stops_note")}</p>
    </>
  );
}

function Exposures({ of }: { of: Split }) {
  const rival = of.exposures.some((one) => one.is_rival)
    ? [
        {
          name: t("split.rival"),
          cell: (one: Exposure) => {
            if (!one.is_rival) return t("app.none");
            const rivals = one.rivals.filter((id) => id !== one.owner);
            return joined([t("split.is_rival"), ...rivals.map((id) => nameOf(of, id))]);
          },
        },
      ]
    : [];
  return (
    <>
      <h3>{t("split.exposure")}</h3>
      <Table
        rows={of.exposures}
        keyOf={(one) => `${one.owner} ${one.channels.join(" ")}`}
        columns={[
          {
            name: t("split.owner"),
            cell: (one) =>
              one.owner ? (
                <a href={linkTo("/entity", { id: one.owner })}>{nameOf(of, one.owner)}</a>
              ) : (
                t("split.owner_unknown")
              ),
          },
          { name: t("split.channel"), isLong: true, cell: (one) => titleOf(of, one.channels) },
          ...rival,
          { name: t("split.share"), cell: (one) => shareText(one.share) },
          {
            name: t("split.lately", { rhythm: named("rhythm", of.rhythm) }),
            cell: (one) => amountText(one.lately),
          },
        ]}
      />
    </>
  );
}

function Voices({ of }: { of: Split }) {
  const meanings = [...new Set(of.voices.map((voice) => voice.meaning))];
  const channels = [...new Set(of.voices.map((voice) => voice.channel))];
  const told = of.voices[0]?.told;
  return (
    <>
      <h3>{t("split.voice")}</h3>
      <Table
        rows={channels}
        keyOf={(channel) => channel}
        columns={[
          {
            name: t("split.channel"),
            cell: (channel) => (channel ? titleOf(of, [channel]) : t("split.all_of_these")),
          },
          ...meanings.map((meaning) => ({
            name: named("split_meaning", meaning),
            cell: (channel: string) => {
              const found = of.voices.find((v) => v.channel === channel && v.meaning === meaning);
              if (!found) return "";
              return (
                <Claimed
                  id={found.told.claim_ids.at(-1) ?? ""}
                  what={named("split_meaning", meaning)}
                >
                  {t("split.voice_of", {
                    share: percentText(found.share, 1),
                    n: found.n_advertisers,
                  })}
                </Claimed>
              );
            },
          })),
        ]}
      />
      {told && (
        <p class="small soft">
          {t("entity.split_voice", {
            first: told.first,
            last: told.last,
            sources: joined([...new Set(of.voices.map((voice) => voice.told.source))]),
          })}
        </p>
      )}
    </>
  );
}
