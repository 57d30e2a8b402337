// A record as it was received: field by field to read, and as it came to copy. All of it is a
// stranger's text: nothing of it is followed, fetched or run.
import { useState } from "preact/hooks";
import { t } from "../words";

const MOST_FIELDS = 200;
const MOST_DEPTH = 6;

interface Field {
  name: string;
  value: string;
}

const isScalar = (value: unknown): boolean => value === null || typeof value !== "object";

const textOf = (value: unknown): string => {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** What a record holds, a field a line; what lies within another is named by its way there. */
function fieldsOf(value: unknown, name = "", depth = 0): Field[] {
  if (isScalar(value) || depth >= MOST_DEPTH) return [{ name, value: textOf(value) }];
  if (Array.isArray(value)) {
    if (value.every(isScalar)) return [{ name, value: value.map(textOf).join(", ") }];
    return value.flatMap((one, n) => fieldsOf(one, `${name}[${n + 1}]`, depth + 1));
  }
  return Object.entries(value as object).flatMap(([key, one]) =>
    fieldsOf(one, name ? `${name} › ${key}` : key, depth + 1),
  );
}

/** Digits as they were written, where the browser tells them: a long id has more than a number holds. */
function written(_: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? value) : value;
}

/** The fields of a record that is JSON of an object or a list; null of any other text. */
function readRecord(text: string): Field[] | null {
  try {
    const found: unknown = JSON.parse(text, written);
    return isScalar(found) ? null : fieldsOf(found);
  } catch {
    return null;
  }
}

export function RawRow({ text }: { text: string }) {
  const fields = readRecord(text);
  if (!fields) return <pre>{text}</pre>;
  return (
    <>
      <table class="fields">
        <tbody>
          {fields.slice(0, MOST_FIELDS).map(({ name, value }, n) => (
            <tr key={n}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>
                {value === "" ? <span class="soft">{t("app.none")}</span> : <bdi>{value}</bdi>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {fields.length > MOST_FIELDS && (
        <p class="small soft">{t("raw.more", { n: fields.length - MOST_FIELDS })}</p>
      )}
      <details class="small">
        <summary>{t("raw.as_it_came")}</summary>
        <pre>{text}</pre>
        <Copy text={text} />
      </details>
    </>
  );
}

function Copy({ text }: { text: string }) {
  const [isDone, setIsDone] = useState(false);
  return (
    <button
      type="button"
      class="button"
      onClick={async () => {
        await navigator.clipboard?.writeText(text).then(
          () => setIsDone(true),
          () => undefined,
        );
      }}
    >
      {t(isDone ? "raw.copied" : "raw.copy")}
    </button>
  );
}
