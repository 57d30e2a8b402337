// An address at which there is nothing: says so, and offers what may be meant.
import { useApi } from "../api";
import { linkTo } from "../location";
import { Search } from "../parts/search";
import type { Answers } from "../types";
import { called, named, t } from "../words";

const MOST_OFFERED = 5;

export function NotFound({ path }: { path: string }) {
  const asked = lastPart(path);
  const { answer } = useApi<Answers["search"]>(asked ? "/search" : null, {
    q: asked,
    limit: MOST_OFFERED,
  });
  const found = answer?.data.hits ?? [];
  return (
    <>
      <h1>{t("app.not_found")}</h1>
      <p>{t("app.not_found_at", { path })}</p>
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

/** What is named last in an address, which may be no text at all. */
function lastPart(path: string): string {
  const part = path.split("/").filter(Boolean).at(-1) ?? "";
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
