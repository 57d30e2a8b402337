// Sentences that a reader was not sure of: accept, correct, or reject.
import { useRef } from "preact/hooks";
import { post, useApi } from "../api";
import { countText, endsText, numberText } from "../numbers";
import { Markings } from "../parts/figure";
import { Answered } from "../parts/page";
import { Quote } from "../parts/passage";
import { Queue, type Saving } from "../parts/queue";
import type { Answers, Passage } from "../types";
import { called, metricTitle, periodText, t } from "../words";
import { type Said, Waits } from "./review_common";

/** The fields that a correction sets most, by the names of the API. */
const FIELDS = ["subject", "metric", "value", "unit", "period"] as const;

const FIELD_WORDS: Record<(typeof FIELDS)[number], string> = {
  subject: "entity",
  metric: "metric",
  value: "value",
  unit: "unit",
  period: "period",
};

function periodOf([first, last]: Passage["period"]): string {
  if (first && last) return first === last ? first : `${first}..${last}`;
  return first ?? last ?? "";
}

function readAs(p: Passage): Record<(typeof FIELDS)[number], string> {
  return {
    subject: called(p.name),
    metric: p.metric,
    value: p.value === null ? "" : String(p.value),
    unit: p.unit,
    period: periodOf(p.period),
  };
}

export function Passages({ asOf, by }: { asOf: string | null } & Said) {
  const page = useApi<Answers["review_passages"]>("/review/passages", { as_of: asOf });
  const judge = async (p: Passage, judgement: string, fields: Record<string, string> = {}) => {
    const body = { passage: p.passage_id, judgement, by, fields };
    const { outcome } = await post<Answers["judge_passage"]>("/review/passages/judgements", body);
    return `${t("review.done", { what: t(`review.${judgement}`) })} ${outcome}`;
  };
  return (
    <Answered of={page}>
      {(data) => (
        <>
          <Waits n={data.n_waiting} />
          <Queue
            items={data.passages}
            keyOf={(p) => p.passage_id}
            choices={["accept", "correct", "reject"].map((name) => ({
              name,
              text: t(`review.${name}`),
            }))}
            judge={judge}
            form={{
              choice: "correct",
              of: (p, save, cancel) => (
                <Correction
                  of={p}
                  save={save}
                  cancel={cancel}
                  judge={(fields) => judge(p, "correct", fields)}
                />
              ),
            }}
          >
            {(p) => <PassageText of={p} />}
          </Queue>
          {data.names.length > 0 && (
            <>
              <h2>{t("review.names")}</h2>
              <ul>
                {data.names.map((one) => (
                  <li key={one.name}>
                    <strong>{one.name}</strong>{" "}
                    <span class="soft">{countText(one.n_documents)}</span>
                    <div class="small soft">{one.quote}</div>
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Answered>
  );
}

function PassageText({ of }: { of: Passage }) {
  const said = endsText({ value: null, lower: of.low, upper: of.high }, of.unit, of.currency);
  const number = of.value === null ? said : numberText(of.value, of.unit, of.currency);
  return (
    <>
      <Quote of={of} isReadApart />
      <p>
        <span class="soft">{t("review.read_as")}</span> <strong>{called(of.name)}</strong>
        {`, ${metricTitle(of.metric)}: `}
        <strong>{of.kind === "metric" ? number : of.object}</strong>
        {`, ${periodText(periodOf(of.period))} `}
        <Markings of={of} />
      </p>
    </>
  );
}

interface CorrectionProps {
  of: Passage;
  save: Saving;
  cancel: () => void;
  judge: (fields: Record<string, string>) => Promise<string>;
}

/** What is right instead; only what was changed is sent. */
function Correction({ of, save, cancel, judge }: CorrectionProps) {
  const form = useRef<HTMLFormElement>(null);
  const read = readAs(of);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (!form.current) return;
    const entries = [...new FormData(form.current)].map(([name, value]) => [name, String(value)]);
    const changed = entries.filter(([name, value]) => read[name as keyof typeof read] !== value);
    save(() => judge(Object.fromEntries(changed)));
  };
  return (
    <form ref={form} onSubmit={onSubmit}>
      <div class="form">
        {FIELDS.map((name) => (
          <label key={name}>
            {t(`review.${FIELD_WORDS[name]}`)}
            <input type="text" name={name} defaultValue={read[name]} />
          </label>
        ))}
      </div>
      <div class="row">
        <button type="submit" class="button first">
          {t("review.save")}
        </button>
        <button type="button" class="button" onClick={cancel}>
          {t("review.cancel")}
        </button>
      </div>
    </form>
  );
}
