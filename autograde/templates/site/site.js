// What every page of the site does besides its theme's scripts.

/** Say on the page's body which theme it has, in the way of JupyterLab, where widgets look for it. */
function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const say = () => {
    const chosen = document.body.dataset.theme;
    const isDark = chosen === "dark" || (chosen !== "light" && dark.matches);
    if (document.body.dataset.jpThemeLight !== String(!isDark)) document.body.dataset.jpThemeLight = String(!isDark);
  };
  say();
  dark.addEventListener("change", say);
  new MutationObserver(say).observe(document.body, { attributeFilter: ["data-theme"] });
}

/** Let the keyboard scroll what is wider than its place: code, tables, formulas. */
function letScroll() {
  for (const place of document.querySelectorAll("pre, div.math, .table-wrapper")) {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  followTheme();
  letScroll();
  for (const fold of document.querySelectorAll("details")) fold.addEventListener("toggle", letScroll);
});
addEventListener("resize", letScroll);
