import { render } from "preact";
import { App } from "./app";
import { followLinks } from "./location";
import "./styles.css";
import { applyTheme } from "./theme";

applyTheme();
addEventListener("click", followLinks);
const root = document.getElementById("app");
if (root) render(<App />, root);
