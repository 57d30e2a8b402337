// What an entity bought and what it earned: the verdict first, then what carries it.
import { useApi } from "../api";
import { numberText, percentText, type Quantity } from "../numbers";
import type { Split, SplitPart, SplitSource } from "../types";
import { called, joined, lang, metricTitle, named, t } from "../words";
import { courses, points } from "./audience_options";
import { Chart } from "./chart";
import { Claimed } from "./figure";
import { Table } from "./page";
import { Around } from "./split_around";
import { amountText, keptText, reasonOf, shareText, titleOf } from "./split_data";

const MOST_LISTED = 12;

export function SplitSection({ id, asOf }: { id: string; asOf: string | null }) {
  const { answer, problem } = useApi<Split>(`/entities/${encodeURIComponent(id)}/split`, {
    as_of: asOf,
    lang: lang(),
  });
  const page = answer?.data;
  return (
    <section aria-labelledby="split">
      <h2 id="split">{t("split.heading")}</h2>
      {!page && !problem && (
        <p class="soft" role="status">
          {t("entity.split_reading")}
        </p>
      )}
      {problem && <p class="warn">{problem.detail || problem.message}</p>}
      {page && <Verdict of={page} />}
    </section>
  );
}

function Verdict({ of }: { of: Split }) {
  const told = of.survival.filter(([, figure]) => figure.upper !== null);
  const [first, last] = [told[0], told.at(-1)];
  return (
    <>
      {of.is_simulated && (
        <p class="notice">
          <strong>{t("split.simulated")}</strong>
        </p>
      )}
      <p class="verdict">{of.text}</p>
      <p class="small soft">{t("split.note")}</p>
      <Sources of={of} />
      {of.base && <Parts of={of} base={of.base} />}
      <Course of={of} />
      {of.base && (
        <>
          <h3>{t("split.staying")}</h3>
          {first && last ? (
            <Table
              rows={[first, last]}
              keyOf={([day]) => day}
              columns={[
                { name: t("split.period"), cell: ([day]) => day },
                { name: t("split.left"), cell: ([, figure]) => amountText(figure) },
              ]}
            />
          ) : (
            <p>{t("split.cannot_tell")}</p>
          )}
          <p class="small">{keptText(of)}</p>
        </>
      )}
      <Experiments of={of} />
      <Around of={of} />
    </>
  );
}

/** Whose claims were split, each with the way to the last of them. */
function Sources({ of }: { of: Split }) {
  const every: [string, SplitSource][] = of.spend.map((one) => [t("entity.split_spend"), one]);
  if (of.outcome) every.unshift([t("entity.split_outcome"), of.outcome]);
  return (
    <dl class="pairs">
      {every.map(([label, told]) => (
        <>
          <dt key={`${told.metric} label`}>{label}</dt>
          <dd key={told.metric}>
            <Claimed id={told.claim_ids.at(-1) ?? ""} what={metricTitle(told.metric)}>
              {metricTitle(told.metric)}
            </Claimed>{" "}
            <span class="soft small">
              {joined([
                told.source,
                t("app.span", { first: told.first, last: told.last }),
                t("app.claims", { n: told.claim_ids.length }),
              ])}
            </span>
          </dd>
        </>
      ))}
    </dl>
  );
}

const isTold = (figure: Quantity | null): boolean => figure !== null && figure.value !== null;

function Parts({ of, base }: { of: Split; base: SplitPart }) {
  const every = [...of.parts, ...of.together, base];
  const currency = every.find((part) => part.currency)?.currency ?? "";
  const hasMoney = every.some((part) => part.spend !== null);
  const told = (name: string, of: (part: SplitPart) => Quantity | null) =>
    every.some((part) => isTold(of(part)))
      ? [
          {
            name,
            isLong: true,
            cell: (part: SplitPart) => (isTold(of(part)) ? amountText(of(part)) : ""),
          },
        ]
      : [];
  const money = hasMoney
    ? [
        {
          name: t("split.spent", { currency }),
          isNumber: true,
          cell: (part: SplitPart) => (part.spend === null ? "" : numberText(part.spend)),
        },
        ...told(t("split.cost", { currency }), (part) => part.cost),
        ...told(t("split.next", { currency }), (part) => part.next_cost),
      ]
    : [];
  return (
    <>
      <h3>{t("split.parts")}</h3>
      <Table
        rows={every}
        keyOf={(part) => part.channels.join(" + ")}
        columns={[
          {
            name: t("split.channel"),
            cell: (part) => {
              const claim = part.claim_ids.at(-1);
              const title = titleOf(of, part.channels);
              return claim ? (
                <Claimed id={claim} what={title}>
                  {title}
                </Claimed>
              ) : (
                title
              );
            },
          },
          {
            name: t("split.verdict"),
            isLong: true,
            cell: (part) => (
              <>
                <span class={`tag ${part.verdict === "identified" ? "market" : "contested"}`}>
                  {named("split_verdict", part.verdict)}
                </span>
                {part.verdict !== "identified" && <div class="small soft">{reasonOf(part)}</div>}
              </>
            ),
          },
          { name: t("split.share"), isLong: true, cell: (part) => shareText(part.share) },
          ...money,
        ]}
      />
    </>
  );
}

function Course({ of }: { of: Split }) {
  const told = of.course.filter((one) => one.bought.value !== null && one.earned.value !== null);
  if (told.length < 2) return null;
  const option = () =>
    courses(
      [
        {
          name: t("split.bought"),
          ink: "s2",
          points: points(
            told,
            (one) => one.period,
            (one) => one.bought,
          ),
        },
        {
          name: t("split.by_themselves"),
          isDashed: true,
          points: points(
            told,
            (one) => one.period,
            (one) => one.earned,
          ),
        },
      ],
      "time",
    );
  return (
    <div class="measure">
      <h3>{t("split.course")}</h3>
      <p class="small soft">{t("entity.split_course", { prob: percentText(of.prob) })}</p>
      <Chart low option={option} label={`${t("split.course")}, ${called(of.entity.name)}`} />
      <details>
        <summary>{t("app.figures")}</summary>
        <Table
          rows={told.slice(-MOST_LISTED)}
          keyOf={(one) => one.period}
          columns={[
            { name: t("split.period"), cell: (one) => one.period },
            { name: t("split.bought"), cell: (one) => amountText(one.bought) },
            { name: t("split.by_themselves"), cell: (one) => amountText(one.earned) },
          ]}
        />
      </details>
    </div>
  );
}

function Experiments({ of }: { of: Split }) {
  const planned = of.parts.flatMap((part) =>
    part.experiment ? [{ part, plan: part.experiment }] : [],
  );
  if (planned.length === 0) return null;
  return (
    <>
      <h3>{t("split.experiments")}</h3>
      <Table
        rows={planned}
        keyOf={({ part }) => part.channels.join(" + ")}
        columns={[
          { name: t("split.channel"), cell: ({ part }) => titleOf(of, part.channels) },
          {
            name: t("split.stop_it"),
            cell: ({ plan }) =>
              t("split.pauses", {
                n: plan.n_pauses,
                length: plan.n_periods,
                rhythm: named(plan.n_periods === 1 ? "rhythm" : "rhythms", of.rhythm),
              }),
          },
          {
            name: t("split.finds"),
            cell: ({ plan }) =>
              `${numberText(plan.detectable)} (${percentText(plan.detectable_share)})`,
          },
          {
            name: t("split.power"),
            isNumber: true,
            cell: ({ plan }) => plan.power.toFixed(2),
          },
        ]}
      />
    </>
  );
}
