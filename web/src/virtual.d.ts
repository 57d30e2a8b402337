declare module "virtual:catalogue" {
  export const words: Record<string, Record<string, { en: string; zh: string; one?: string }>>;
  export const metrics: Record<
    string,
    {
      title: string;
      title_zh: string;
      scale: "log" | "logit" | "linear" | "rank" | "none";
      shape: "stock" | "flow" | "ratio" | "rank" | "event";
      better?: "high" | "low";
      companions?: string[];
    }
  >;
}
