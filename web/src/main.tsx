import { render } from "preact";
import { App } from "./App";
import "./style.css";

const theme = (() => {
  try {
    return localStorage.getItem("theme");
  } catch {
    // A page opened from disk may have no storage.
    return null;
  }
})();
if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;

const root = document.getElementById("desk");
if (root) render(<App />, root);
