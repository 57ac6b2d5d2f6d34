// Loads the app. The addresses are filled in by `cargo xtask web`.
import start from "{{parla.js}}";

start({ module_or_path: "{{parla_bg.wasm}}" });
