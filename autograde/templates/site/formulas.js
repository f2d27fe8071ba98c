// Formulas are set by the MathJax that lies beside this file; no page asks anybody else for it. Firefox, which loads no
// fonts from another folder into a page that was opened from a folder, sets MathML itself, and well.
{
  const here = document.currentScript.src.replace(/formulas\.js.*$/, "");
  const isFirefox = "MozAppearance" in document.documentElement.style;
  window.MathJax = {
    jax: ["input/TeX", isFirefox ? "output/NativeMML" : "output/HTML-CSS"],
    AuthorInit: () =>
      MathJax.Hub.Register.StartupHook("End", () => {
        document.documentElement.dataset.formulas = "set";
        dispatchEvent(new Event("resize")); // sizes are new
      }),
    messageStyle: "none",
    showMathMenu: false,
    tex2jax: { inlineMath: [["\\(", "\\)"]], displayMath: [["\\[", "\\]"]], ignoreClass: "page", processClass: "math" },
    "HTML-CSS": { availableFonts: [], preferredFont: null, webFont: "STIX-Web", imageFont: null, EqnChunk: 1000 },
    TeX: { extensions: ["AMSmath.js", "AMSsymbols.js", "noErrors.js", "noUndefined.js"] },
  };
  const script = document.createElement("script");
  script.src = `${here}mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full`;
  document.head.append(script);
}
