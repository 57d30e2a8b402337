// Text whose dates stay in one piece at the end of a line.
const DATE = /(\d{4}-\d{2}(?:-\d{2})?|\d{4}-[HQW]\d{1,2})/;

export function Dated({ text }: { text: string }) {
  // Every second part is a date; equal parts are told apart by where they stand.
  const parts = text
    .split(DATE)
    .map((part, n) => ({ part, key: `${n} ${part}`, isDate: n % 2 === 1 }));
  return (
    <>
      {parts.map(({ part, key, isDate }) =>
        isDate ? (
          <span key={key} class="nowrap">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </>
  );
}
