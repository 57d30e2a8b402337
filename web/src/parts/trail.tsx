// From any number, one click, down to the raw row or the sentence.
import { useEffect, useRef } from "preact/hooks";
import { useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { dayOf, intervalText, numberText } from "../numbers";
import type { Answers, Estimate, Finding, Statement, TrailClaim } from "../types";
import { called, joined, lang, metricTitle, named, periodText, sentence, t } from "../words";
import { Explanation } from "./explanation";
import { basisOf, doubtText, Markings, saidText } from "./figure";
import { Answered } from "./page";
import { CellStep } from "./panel_cell";
import { Quote } from "./passage";
import { RawRow } from "./raw_row";
import { Analogues, TrackText } from "./track";

interface Props {
  id: string | null;
  asOf: string | null;
}

export function TrailDrawer({ id, asOf }: Props) {
  const drawer = useRef<HTMLDivElement>(null);
  const cameFrom = useRef<Element | null>(null);
  useEffect(() => {
    if (id) {
      if (!drawer.current?.contains(document.activeElement)) {
        cameFrom.current = document.activeElement;
      }
      drawer.current?.focus();
    } else if (cameFrom.current instanceof HTMLElement) {
      cameFrom.current.focus();
      cameFrom.current = null;
    }
  }, [id]);
  if (!id) return null;
  return (
    <div class="drawer" ref={drawer} tabIndex={-1} role="dialog" aria-label={t("trail.title")}>
      <div class="head-row">
        <div>
          <h2>{t("trail.title")}</h2>
          <p class="small soft">
            {t("trail.lead")} <code>{id}</code>
          </p>
        </div>
        <button type="button" class="button" onClick={() => go(linkHere({ trail: null }))}>
          {t("app.close")}
        </button>
      </div>
      <Steps key={id} id={id} asOf={asOf} />
    </div>
  );
}

function Steps({ id, asOf }: { id: string; asOf: string | null }) {
  const trail = useApi<Answers["trail"]>(`/trail/${encodeURIComponent(id)}`, {
    as_of: asOf,
    lang: lang(),
  });
  return (
    <Answered of={trail}>
      {(data) => (
        <>
          {data.finding && <FindingStep of={data.finding} />}
          {data.estimates.map((estimate) => (
            <EstimateStep key={estimate.estimate_id} of={estimate} asOf={asOf} />
          ))}
          {data.notes.map((note) => (
            <p key={note} class="small soft">
              {note}
            </p>
          ))}
          {data.claims.length > 0 && (
            <>
              <h3>{t("trail.claims")}</h3>
              {data.n_claims > data.claims.length && (
                <p class="small soft">
                  {t("trail.shown", { n: data.claims.length, total: data.n_claims })}
                </p>
              )}
              <ol class="steps">
                {data.claims.map((claim) => (
                  <ClaimStep key={claim.statement.claim_id} of={claim} />
                ))}
              </ol>
            </>
          )}
          {data.passages.map((passage) => (
            <Quote key={passage.passage_id} of={passage} />
          ))}
          {data.cells.map((cell) => (
            <CellStep key={cell.run} of={cell} />
          ))}
        </>
      )}
    </Answered>
  );
}

function FindingStep({ of }: { of: Finding }) {
  return (
    <section>
      <h3>{t("trail.finding")}</h3>
      <p>{of.text}</p>
      <p class="small soft">
        {named("cause", of.cause)}: {of.cause_reason}
      </p>
      <dl class="pairs">
        <dt>{t("radar.record")}</dt>
        <dd>
          <TrackText of={of.record} />
        </dd>
        {of.analogues.length > 0 && (
          <>
            <dt>{t("track.alike")}</dt>
            <dd>
              <Analogues of={of.analogues} />
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function EstimateStep({ of, asOf }: { of: Estimate; asOf: string | null }) {
  return (
    <section>
      <h3>
        <a href={linkTo("/entity", { id: of.entity })}>{called(of.name)}</a>
        {`, ${metricTitle(of.metric)}, ${periodText(of.period)}`}
      </h3>
      <p class="big">{intervalText(of, of.unit, of.currency)}</p>
      <p class="small soft">
        {of.definition || t("definition.unstated")} · {basisOf(of)} · {of.method}
      </p>
      {of.note && <p class="small warn">{sentence(of.note)}</p>}
      <Explanation id={of.estimate_id} asOf={asOf} />
    </section>
  );
}

function ClaimStep({ of }: { of: TrailClaim }) {
  const s = of.statement;
  const recorded = dayOf(of.recorded_at);
  return (
    <li>
      <p>
        <strong>{saidText(s)}</strong> {metricTitle(s.metric)}, {periodText(s.period)}
        <Markings of={s} />
        {s.suspect && <span class="tag contested">{doubtText(s)}</span>}
      </p>
      <dl class="pairs small">
        <dt>{t("entity.source")}</dt>
        <dd>{joined([...new Set([s.source, s.publication].filter(Boolean))])}</dd>
        <dt>{t("trail.published")}</dt>
        <dd>{dayOf(s.published_at)}</dd>
        <dt>{t("trail.recorded")}</dt>
        <dd>{of.replayed ? t("trail.replayed", { day: recorded }) : recorded}</dd>
        <dt>{t("trail.feed")}</dt>
        <dd>
          <a href={linkTo("/feeds", { feed: of.feed })}>{of.feed}</a>
          {of.place && `, ${t("trail.row", { row: of.row, place: of.place })}`}
        </dd>
        <dt>{t("trail.licence")}</dt>
        <dd>{of.licence}</dd>
        <dt>{t("trail.claim")}</dt>
        <dd>
          <code>{s.claim_id.slice(0, 10)}</code>
        </dd>
      </dl>
      {of.withdrawn_at && (
        <p class="small warn">{t("trail.withdrawn", { day: dayOf(of.withdrawn_at) })}</p>
      )}
      {of.passages.map((passage) => (
        <Quote key={passage.passage_id} of={passage} />
      ))}
      {of.raw_text && (
        <>
          <p class="small soft">{t("trail.raw")}</p>
          <RawRow text={of.raw_text} />
        </>
      )}
      {of.revisions.length > 0 && <Prints of={of.revisions} />}
    </li>
  );
}

function Prints({ of }: { of: Statement[] }) {
  return (
    <details>
      <summary>{`${t("trail.earlier")}: ${of.length}`}</summary>
      <ul class="small">
        {of.map((s) => (
          <li key={s.claim_id}>
            {dayOf(s.published_at)}: {numberText(s.value, s.unit, s.currency)}
          </li>
        ))}
      </ul>
    </details>
  );
}
