// Light, dark, or what the system has; chosen once for this browser.
export type Theme = "auto" | "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");

export const chosenTheme = (): Theme => (localStorage.getItem("theme") as Theme | null) ?? "auto";

export function applyTheme(theme: Theme = chosenTheme()): void {
  localStorage.setItem("theme", theme);
  const isDark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  // Charts are drawn with colours that they read once.
  dispatchEvent(new Event("theme"));
}

system.addEventListener("change", () => applyTheme());

/** A colour of the theme in force. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
