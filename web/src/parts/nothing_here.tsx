// Nothing is where somebody looked: says so, and offers what may be meant.
import { useApi } from "../api";
import { linkTo } from "../location";
import type { Answers } from "../types";
import { called, named, t } from "../words";
import { Search } from "./search";

const MOST_OFFERED = 5;

interface Props {
  title: string;
  text: string;
  /** What is looked for among the names. */
  asked: string;
}

export function NothingHere({ title, text, asked }: Props) {
  const { answer } = useApi<Answers["search"]>(asked ? "/search" : null, {
    q: asked,
    limit: MOST_OFFERED,
  });
  const found = answer?.data.hits ?? [];
  return (
    <>
      <h1>{title}</h1>
      <p>{text}</p>
      {found.length > 0 && (
        <>
          <p>{t("app.did_you_mean")}</p>
          <ul>
            {found.map((one) => (
              <li key={one.canonical_id}>
                <a href={linkTo("/entity", { id: one.canonical_id })}>{called(one.name)}</a>{" "}
                <span class="tag">{named("type", one.type)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Search id="not-found-search" />
    </>
  );
}
