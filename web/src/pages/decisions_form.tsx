// The form that records a decision: what, who, what it is to bring, when it is looked at again.
import { useRef, useState } from "preact/hooks";
import { type Answer, Problem, post, useApi } from "../api";
import { go, linkTo } from "../location";
import { titleOf, useMarket } from "../market";
import { RoleField } from "../parts/decisions";
import type { Answers, Series } from "../types";
import { called, metricTitle, named, periodText, t } from "../words";

const BOUNDS = ["at least", "at most"];

export function DecisionForm({ about, asOf }: { about: string; asOf: string | null }) {
  const market = useMarket();
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [why, setWhy] = useState("");
  const [entity, setEntity] = useState("");
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    if (!form.current || isBusy) return;
    const given = Object.fromEntries(
      [...new FormData(form.current)].map(([name, value]) => [name, String(value).trim()]),
    );
    const { counted, entity, bound, number, day, ...rest } = given;
    const [metric, definition] = JSON.parse(counted ?? "[]");
    setBusy(true);
    setWhy("");
    try {
      const { data } = await post<Answer<Answers["decide"]>>("/decisions", {
        ...rest,
        expect: `${metric} of ${entity} ${bound} ${number} by ${day}`,
        definition,
        as_of: asOf,
      });
      localStorage.setItem("by", given.by ?? "");
      go(linkTo("/decisions", { as_of: data.day, recorded: data.decision_id }));
      scrollTo(0, 0);
    } catch (error) {
      const said = error instanceof Problem ? error.detail || error.message : String(error);
      setWhy(said);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form ref={form} onSubmit={onSubmit}>
      <div class="form">
        <label>
          {t("decide.about")}
          <input type="text" name="about" list="directions" defaultValue={about} required />
          <datalist id="directions">
            {market?.segments.map((one) => (
              <option key={one.id} value={one.id}>
                {titleOf(one)}
              </option>
            ))}
          </datalist>
        </label>
        <label>
          {t("decision.what")}
          <input type="text" name="what" maxLength={500} required />
        </label>
        <label>
          {t("decide.owner")}
          <input type="text" name="owner" maxLength={100} required />
        </label>
        <label>
          {t("decide.review")}
          <input type="date" name="review" required />
        </label>
      </div>
      <fieldset class="form">
        <legend>{t("decide.effect")}</legend>
        <label>
          {t("decide.entity")}
          <input
            type="text"
            name="entity"
            maxLength={200}
            required
            onChange={(event) => setEntity(event.currentTarget.value.trim())}
          />
        </label>
        <Counted entity={entity} about={about} asOf={asOf} />
        <label>
          {t("decide.bound")}
          <select name="bound">
            {BOUNDS.map((one) => (
              <option key={one} value={one}>
                {named("bound", one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t("decide.number")}
          <input type="text" name="number" placeholder="8M" maxLength={30} required />
        </label>
        <label>
          {t("decide.day")}
          <input type="date" name="day" required />
        </label>
      </fieldset>
      <div class="form">
        <RoleField />
        <label>
          {t("decide.note")}
          <input type="text" name="note" maxLength={2000} />
        </label>
      </div>
      <div class="row">
        <button type="submit" class="button first" disabled={isBusy}>
          {t("decide.save")}
        </button>
        <span role="status">{isBusy ? t("decide.saving") : ""}</span>
      </div>
      {why && (
        <p class="warn" role="alert">
          {t("review.failed", { why })}
        </p>
      )}
    </form>
  );
}

interface CountedProps {
  entity: string;
  about: string;
  asOf: string | null;
}

/** What is known of the product, each as it is counted: an effect that nobody counts is no test. */
function Counted({ entity, about, asOf }: CountedProps) {
  const market = useMarket();
  const path = entity ? `/entities/${encodeURIComponent(entity)}` : null;
  const { answer, problem, isLoading } = useApi<Answers["entity"]>(path, { as_of: asOf });
  const page = entity ? answer?.data : undefined;
  const ways = new Map((page?.series ?? []).map((one) => [wayOf(one), one]));
  const headline = market?.segments.find((one) => one.id === about)?.headline;
  const every = [...ways.values()];
  const usual = every.find((one) => one.metric === headline) ?? every[0];
  const why = problem
    ? problem.detail || problem.message
    : isLoading
      ? t("app.loading")
      : entity && every.length === 0
        ? t("decide.uncounted", { name: called(page?.entity.name ?? entity) })
        : "";
  return (
    <div>
      <label>
        {t("decide.counted")}
        <select name="counted" required key={usual ? `${entity} ${wayOf(usual)}` : ""}>
          {every.length === 0 && (
            <option value="">{t(entity ? "app.none" : "decide.entity_first")}</option>
          )}
          {every.map((one) => (
            <option key={wayOf(one)} value={wayOf(one)} selected={one === usual}>
              {`${metricTitle(one.metric)}: ${[
                one.definition || t("definition.unstated"),
                one.currency || named("unit", one.unit),
                periodText(one.estimates.at(-1)?.period ?? ""),
              ].join(" · ")}`}
            </option>
          ))}
        </select>
      </label>
      {why && (
        <span class={problem ? "small warn" : "small soft"} role={problem ? "alert" : "status"}>
          {why}
        </span>
      )}
    </div>
  );
}

const wayOf = (one: Series): string => JSON.stringify([one.metric, one.definition]);
