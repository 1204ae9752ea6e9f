// Shows how far an import is without loading the page again; when a step is over, the page is loaded once.

const bar = document.querySelector("[data-progress]");
if (bar) look();

async function look() {
  await new Promise((done) => setTimeout(done, 2_000));
  try {
    const answer = await fetch(bar.dataset.progress, { cache: "no-store" });
    if (answer.status === 401 || answer.redirected) return location.reload();
    if (answer.ok) {
      const now = await answer.json();
      if (now.state !== bar.dataset.state) return location.reload();
      bar.value = now.share;
      document.querySelector("[data-progress-words]").textContent = now.words;
    }
  } catch {
    // no line: asked again
  }
  look();
}
