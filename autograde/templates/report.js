// The class report: parts that a link leads to are opened, all are for paper, and tables that are wider than the page say so.
(() => {
  const folds = [...document.querySelectorAll("details")];

  function reveal(name) {
    const target = document.getElementById(name);
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  }
  document.querySelectorAll('a[href^="#"]').forEach((link) => link.addEventListener("click", () => reveal(link.hash.slice(1))));
  addEventListener("hashchange", () => reveal(location.hash.slice(1)));
  reveal(location.hash.slice(1));

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = folds.filter((fold) => !fold.open);
    closed.forEach((fold) => (fold.open = true));
  });
  addEventListener("afterprint", () => closed.forEach((fold) => (fold.open = false)));

  const measured = new ResizeObserver((entries) => {
    for (const region of new Set(entries.map((entry) => entry.target.closest(".scroll"))))
      region.classList.toggle("beyond", region.scrollWidth > region.clientWidth + 1);
  });
  document.querySelectorAll(".scroll, .scroll > table").forEach((one) => measured.observe(one));
})();

// Its table of students: found, filtered and sorted. It changes nothing but that table, and asks nobody.
(() => {
  const data = JSON.parse(document.getElementById("all-students").textContent);
  const MOST = 300; // rows at a time
  const LONGEST = 24; // letters of a word that is never broken
  const tools = document.getElementById("student-tools");
  const table = document.querySelector("#by-student table");
  const [find, show, said] = ["find", "show", "found"].map((name) => document.getElementById(name));
  const columns = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator(undefined, { numeric: true });
  let by = 0;
  let rising = true;

  // A student is [name, what each assignment came to, points together]; an assignment comes to points, to [points, status]
  // where it is not plainly graded, or to null.
  const status = (one) => (one === null ? "" : Array.isArray(one) ? one[1] : "graded");
  const score = (one) => (one === null ? -1 : Array.isArray(one) ? one[0] : one);
  const points = (student, i) => (i > data.assignments.length ? student[2] : score(student[1][i - 1]));
  const odd = (student) => student[1].some((one) => one !== null && !data.in_order.includes(status(one)));
  const filters = {
    all: () => true,
    person: odd,
    missing: (student) => student[1].some((one) => status(one) === "missing"),
    half: (student) => student[2] < data.half,
  };

  function cell(student, i) {
    const made = document.createElement("td");
    made.className = "number";
    const one = student[1][i];
    if (one === null) return made;
    if (status(one) !== "graded") {
      const words = document.createElement("span");
      words.className = status(one) === "manual" ? "soft" : "flag";
      words.textContent = status(one);
      made.append(words, " ");
    }
    const link = document.createElement("a");
    const name = data.assignments[i];
    link.href = ["feedback", student[0], name, `${name}.html`].map(encodeURIComponent).join("/");
    link.textContent = String(score(one));
    made.append(link);
    return made;
  }

  // A name that is longer than any column may be broken anywhere, as where the page was written.
  function breakable(text) {
    return text.split(/(\s+)/).map((part) => {
      const made = document.createElement("span");
      made.textContent = part;
      if (part.length > LONGEST) made.className = "long";
      return made;
    });
  }

  function row(student) {
    const made = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.className = "name";
    const name = document.createElement("bdi");
    name.append(...breakable(student[0]));
    head.append(name);
    const together = document.createElement("td");
    together.className = "number";
    together.textContent = String(student[2]);
    made.append(head, ...data.assignments.map((_, i) => cell(student, i)), together);
    return made;
  }

  function draw() {
    const words = find.value.trim().toLocaleLowerCase();
    const chosen = data.students.filter((s) => filters[show.value](s) && s[0].toLocaleLowerCase().includes(words));
    chosen.sort((a, b) => (by ? points(a, by) - points(b, by) : 0) || order.compare(a[0], b[0]));
    if (!rising) chosen.reverse();
    table.tBodies[0].replaceChildren(...chosen.slice(0, MOST).map(row));
    const rest = chosen.length > MOST ? `, the first ${MOST} are shown` : "";
    said.textContent = `${chosen.length.toLocaleString("en")} of ${data.students.length.toLocaleString("en")} students${rest}`;
    columns.forEach((column, i) => {
      if (i === by) column.setAttribute("aria-sort", rising ? "ascending" : "descending");
      else column.removeAttribute("aria-sort");
    });
  }

  columns.forEach((column, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...column.childNodes);
    button.addEventListener("click", () => {
      rising = by === i ? !rising : i === 0;
      by = i;
      draw();
    });
    column.append(button);
  });
  find.addEventListener("input", draw);
  show.addEventListener("change", draw);
  tools.hidden = false;
  draw();
})();
