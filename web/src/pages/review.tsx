// What waits for a person: pairs of names, doubtful claims, sentences.

import { useState } from "preact/hooks";
import { post, useApi } from "../api";
import { linkHere, linkTo } from "../location";
import { useMarket } from "../market";
import { percentText } from "../numbers";
import { Answered } from "../parts/page";
import { Queue } from "../parts/queue";
import type { Answers } from "../types";
import { named, t } from "../words";
import { Claims } from "./review_claims";
import { type Said, today, Waits } from "./review_common";
import { Passages } from "./review_passages";

const QUEUES = ["pairs", "claims", "passages"] as const;
type Name = (typeof QUEUES)[number];

export default function Review({ query }: { query: URLSearchParams }) {
  const asked = query.get("queue");
  const queue = QUEUES.find((one) => one === asked) ?? "pairs";
  const asOf = query.get("as_of");
  const market = useMarket();
  const shown = asOf ?? market?.default_as_of;
  const [by, setBy] = useState(localStorage.getItem("by") ?? "analyst");
  return (
    <>
      <h1>{t("review.title")}</h1>
      <nav class="tabs" aria-label={t("review.title")}>
        {QUEUES.map((name) => (
          <a
            key={name}
            href={linkHere({ queue: name === "pairs" ? null : name })}
            aria-current={name === queue ? "page" : undefined}
          >
            {t(`review.${name}`)}
          </a>
        ))}
      </nav>
      <div class="row">
        <p class="soft">{t(`review.${queue}_lead`)}</p>
        <label class="field">
          <span>{t("review.by")}</span>
          <input
            type="text"
            value={by}
            onInput={(event) => {
              setBy(event.currentTarget.value);
              localStorage.setItem("by", event.currentTarget.value);
            }}
          />
        </label>
      </div>
      <p class="small soft">
        {t("review.keys")} {shown && shown < today() && t("review.from_today", { day: shown })}
      </p>
      <Waiting name={queue} asOf={asOf} by={by || "analyst"} />
    </>
  );
}

function Waiting({ name, asOf, by }: { name: Name; asOf: string | null } & Said) {
  if (name === "pairs") return <Pairs by={by} />;
  if (name === "claims") return <Claims asOf={asOf} by={by} />;
  return <Passages asOf={asOf} by={by} />;
}

/** A reason as the matcher gives it, "equal_name +10.0: qwen", in words. */
function reasonText(reason: string): string {
  const [, name, rest] = /^(\w+) (.*)$/.exec(reason) ?? [];
  return name ? `${named("pair", name)} ${rest}` : reason;
}

function Pairs({ by }: Said) {
  const page = useApi<Answers["review_pairs"]>("/review/pairs");
  return (
    <Answered of={page}>
      {(data) => (
        <>
          <Waits n={data.n_pairs} />
          <Queue
            items={data.pairs}
            keyOf={(pair) => `${pair.left} ${pair.right}`}
            choices={["same", "different", "unsure"].map((one) => ({
              name: one,
              text: t(`review.${one}`),
            }))}
            judge={async ({ left, right }, judgement) => {
              await post("/review/pairs/judgements", { left, right, judgement, by });
              return t("review.done", { what: t(`review.${judgement}`) });
            }}
          >
            {(pair) => (
              <>
                <p>
                  <strong>
                    <a href={linkTo("/entity", { id: pair.left })}>{pair.left}</a>
                    {" ≟ "}
                    <a href={linkTo("/entity", { id: pair.right })}>{pair.right}</a>
                  </strong>{" "}
                  <span class="soft">
                    {t("review.probability", {
                      share: percentText(pair.score.match_probability, 1),
                    })}
                  </span>{" "}
                  {pair.is_followed && <span class="tag">{t("review.followed")}</span>}
                </p>
                <ul class="small soft">
                  {pair.score.reasons.map((reason) => (
                    <li key={reason}>{reasonText(reason)}</li>
                  ))}
                </ul>
              </>
            )}
          </Queue>
        </>
      )}
    </Answered>
  );
}
