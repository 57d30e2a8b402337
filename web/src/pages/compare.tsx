// Two to six side by side, definitions kept apart.
import { useApi } from "../api";
import { go, linkHere, linkTo } from "../location";
import { EstimateFigure } from "../parts/figure";
import { Answered, Table } from "../parts/page";
import { Search } from "../parts/search";
import type { Answers, Comparison } from "../types";
import { called, joined, metricTitle, named, periodText, t } from "../words";

const [LEAST, MOST] = [2, 6];

export default function Compare({ query }: { query: URLSearchParams }) {
  const chosen = query.getAll("entity").slice(0, MOST);
  const isEnough = chosen.length >= LEAST;
  const page = useApi<Answers["compare"]>(isEnough ? "/compare" : null, {
    entity: chosen,
    as_of: query.get("as_of"),
  });
  const names = new Map(
    page.answer?.data.entities.map((one) => [one.canonical_id, called(one.name)]),
  );
  return (
    <>
      <h1>{t("compare.title")}</h1>
      <p class="soft">{t("compare.lead")}</p>
      <div class="row">
        {chosen.map((id) => (
          <button
            key={id}
            type="button"
            class="button"
            aria-label={t("compare.remove", { name: names.get(id) ?? id })}
            onClick={() => go(linkHere({ entity: chosen.filter((one) => one !== id) }))}
          >
            {names.get(id) ?? id} ×
          </button>
        ))}
        {chosen.length < MOST && (
          <Search
            id="compare-search"
            label={t("compare.add")}
            onChoose={(entity) =>
              go(linkHere({ entity: [...new Set([...chosen, entity.canonical_id])] }))
            }
          />
        )}
      </div>
      {!isEnough && <p>{t("compare.too_few")}</p>}
      {isEnough && (
        <Answered of={page}>
          {(data) => (
            <>
              <Table
                rows={data.lines}
                keyOf={(line) =>
                  [
                    line.metric,
                    line.definition,
                    line.unit,
                    line.currency,
                    line.period,
                    called(line.object),
                  ].join(" ")
                }
                columns={[
                  {
                    name: t("compare.metric"),
                    cell: (line) => (
                      <>
                        {joined([metricTitle(line.metric), called(line.object)].filter(Boolean))}
                        <div class="small soft">
                          {line.definition || t("definition.unstated")} ·{" "}
                          {line.currency || named("unit", line.unit)}
                        </div>
                      </>
                    ),
                  },
                  { name: t("compare.period"), cell: (line) => periodText(line.period) },
                  ...data.entities.map((entity, at) => ({
                    name: called(entity.name),
                    head: (
                      <a href={linkTo("/entity", { id: entity.canonical_id })}>
                        {called(entity.name)}
                      </a>
                    ),
                    cell: (line: Comparison["lines"][number]) => {
                      const cell = line.cells[at];
                      return cell ? (
                        <EstimateFigure of={cell} />
                      ) : (
                        <span class="soft">{t("compare.nothing")}</span>
                      );
                    },
                  })),
                ]}
              />
              {data.not_stated.length > 0 && (
                <p class="small soft">
                  {t("compare.not_stated", {
                    names: joined(
                      data.not_stated.map(([name, metric]) => `${name}: ${metricTitle(metric)}`),
                    ),
                  })}
                </p>
              )}
            </>
          )}
        </Answered>
      )}
    </>
  );
}
