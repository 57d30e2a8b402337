// An address at which there is nothing.
import { NothingHere } from "../parts/nothing_here";
import { t } from "../words";

export function NotFound({ path }: { path: string }) {
  return (
    <NothingHere
      title={t("app.not_found")}
      text={t("app.not_found_at", { path })}
      asked={lastPart(path)}
    />
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
