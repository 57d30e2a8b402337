// The first three who are next, for the radar: those of what is followed come first.
import { useApi } from "../api";
import { linkTo } from "../location";
import { useMarket } from "../market";
import type { Answers, Candidate } from "../types";
import { joined, lang, t } from "../words";
import { CandidateName, Chance, DrawnChance, leadsOf, SIDES, type Side } from "./candidate";
import { Dated } from "./dated";
import { SharesLegend } from "./shares";
import { useSight } from "./sight";

const MOST = 3;

export function FirstHits({ asOf }: { asOf: string | null }) {
  const market = useMarket();
  const [place, isSeen] = useSight();
  const { answer, problem } = useApi<Answers["hits"]>(isSeen ? "/hits" : null, {
    as_of: asOf,
    lang: lang(),
  });
  const followed = new Set(market?.segments.filter((one) => one.is_followed).map((one) => one.id));
  const found = answer?.data.findings ?? [];
  const first = [
    ...found.filter((one) => followed.has(one.segment)),
    ...found.filter((one) => !followed.has(one.segment)),
  ].slice(0, MOST);
  return (
    <section ref={place}>
      <h2>{t("hits.first")}</h2>
      {isSeen && !answer && <p class="soft">{problem ? problem.message : t("app.loading")}</p>}
      {answer && first.length === 0 && <p>{t("hits.none")}</p>}
      {first.length > 0 && <SharesLegend of={t("hits.chance")} against={t("hits.came")} />}
      <ol class="briefs">
        {first.map((one) => (
          <li key={one.finding_id}>
            <h3>
              <CandidateName of={one} />
            </h3>
            <p>
              <Dated text={one.text} />
            </p>
            <DrawnChance of={one} />
            <dl class="pairs">
              <dt>{t("hits.chance")}</dt>
              <dd>
                <Chance of={one} />
              </dd>
              <dt>{t("hits.came")}</dt>
              <dd>{one.odds.text}</dd>
              {SIDES.map((side) => (
                <Lead key={side} of={one} side={side} />
              ))}
            </dl>
          </li>
        ))}
      </ol>
      <p>
        <a href={linkTo("/hits")}>{t("hits.all")}</a>
      </p>
    </section>
  );
}

function Lead({ of, side }: { of: Candidate; side: Side }) {
  const told = leadsOf(of, side);
  if (told.length === 0) return null;
  return (
    <>
      <dt>{t(`hits.${side}`)}</dt>
      <dd>{joined(told)}</dd>
    </>
  );
}
