// Only for `npm run dev`, beside a desk that serves the API on its usual port.
import { defineConfig } from "vite";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  define: { __REPORT__: "false" },
  server: { proxy: { "/api": "http://127.0.0.1:8417", "/checkpoint": "http://127.0.0.1:8417" } },
});
