// A panel's figure with its interval; a click opens the count that it comes from.
import type { Measure } from "../types";
import { Claimed } from "./figure";
import { measureText } from "./measure";

interface Props {
  of: Measure;
  what: string;
  unit?: string;
}

export function Measured({ of, what, unit = "" }: Props) {
  const text = measureText(of, unit);
  if (!of.cell_id || of.value === null) return <>{text}</>;
  return (
    <Claimed id={of.cell_id} what={what}>
      {text}
    </Claimed>
  );
}
