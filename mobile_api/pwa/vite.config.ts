import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

// What most pieces share is one piece: packed together it is smaller, and one round trip less.
const PIECES = [
  { name: "app", minShareCount: 7, includeDependenciesRecursively: false },
  { name: "words", test: /src.ui.(speech|texts)/, includeDependenciesRecursively: false },
  { name: "later", test: /src.(ui.display|screens.(consent|needs|me|receipts|board-name|certificate))/, includeDependenciesRecursively: false },
];

export default defineConfig({
  base: "/app/",
  build: {
    outDir: "../static/app",
    emptyOutDir: true,
    target: "es2020",
    modulePreload: { polyfill: false }, // an old browser fetches a moment later
    rollupOptions: { output: { advancedChunks: { groups: PIECES } } },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  plugins: [
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/sw",
      filename: "sw.ts",
      includeManifestIcons: false, // they are among the files below
      injectRegister: false, // src/ui/updates.ts registers, so that a new version never interrupts a paper
      injectManifest: {
        globPatterns: ["**/*.{html,js,css,woff2,svg,png}"],
        manifestTransforms: [(entries) => ({ manifest: entries.map((one) => ({ ...one, revision: one.revision && one.revision.slice(0, 8) })) })],
      },
      manifest: {
        name: "Lan Tỏa",
        short_name: "Lan Tỏa",
        description: "Tham gia các hoạt động của xã ngay trên điện thoại, kể cả khi mất sóng.",
        lang: "vi",
        id: "/app/",
        start_url: "/app/",
        scope: "/app/",
        display: "standalone",
        background_color: "#fbf7f1",
        theme_color: "#8c1c2b",
        icons: [
          { src: "icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
    }),
  ],
});
