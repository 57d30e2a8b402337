// A sentence of a document in its paragraph, its number marked. All of it is the document's text.
import { numberText, percentText } from "../numbers";
import type { Against, Passage } from "../types";
import { joined, metricTitle, named, t } from "../words";
import { Markings, saidText } from "./figure";

/** A link only where it is one of the web: other schemes could do anything. */
export function SafeLink({ href, text }: { href: string; text: string }) {
  if (!/^https?:\/\//.test(href)) return <>{text}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}

function againstText(one: Against): string {
  if (one.kind !== "sum") return t(`bearing.${one.kind}`, { who: one.who, quote: one.quote });
  return t("bearing.sum", {
    rule: named("account", one.rule),
    figures: one.figures,
    low: numberText(one.low),
    high: numberText(one.high),
  });
}

interface QuoteProps {
  of: Passage;
  /** Whether what was read is said elsewhere, as where it is asked about. */
  isReadApart?: boolean;
}

export function Quote({ of, isReadApart = false }: QuoteProps) {
  const [a, b] = [of.value_start, of.value_end];
  const hasNumber = a !== null && b !== null;
  const said = saidText(of);
  return (
    <div class="quote">
      <blockquote lang={of.lang === "zh" ? "zh-Hans" : of.lang || undefined}>
        {of.before}
        <span class="said">
          {hasNumber ? (
            <>
              {of.quote.slice(0, a)}
              <mark>{of.quote.slice(a, b)}</mark>
              {of.quote.slice(b)}
            </>
          ) : (
            <mark>{of.quote}</mark>
          )}
        </span>
        {of.after}
      </blockquote>
      {!isReadApart && (
        <p class="small">
          {said && `${t("trail.read", { what: metricTitle(of.metric), said })} `}
          <Markings of={of} />
        </p>
      )}
      <p class="small soft">
        <SafeLink href={of.link} text={of.title || of.publication || of.place} />
        {` · ${joined([of.publication, of.published_at].filter(Boolean))} · `}
        {t("trail.characters", { place: of.place, start: of.start, end: of.end })}
        {` · ${t("trail.confidence", { share: percentText(of.confidence) })}`}
      </p>
      {of.against.map((one) => (
        <p key={againstText(one)} class="small warn">
          {againstText(one)}
        </p>
      ))}
    </div>
  );
}
