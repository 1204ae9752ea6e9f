// "Use my position": only when somebody asks for it. Without it, or where the browser refuses, the page is complete.

const button = document.querySelector("[data-position]");
if (button && navigator.geolocation) {
  const state = document.querySelector("[data-position-state]");
  const field = (name) => button.form.elements[name];
  button.hidden = false;
  button.addEventListener("click", () => {
    state.textContent = button.dataset.wordsLooking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      // Four places are some ten metres: more is not needed to warn somebody.
      field("lon").value = coords.longitude.toFixed(4);
      field("lat").value = coords.latitude.toFixed(4);
      field("accuracy").value = String(Math.min(Math.max(Math.round(coords.accuracy), 10), 1_000_000));
      state.textContent = button.dataset.wordsFound;
    }, () => { state.textContent = button.dataset.wordsNone; }, { timeout: 20_000, maximumAge: 60_000 });
  });
}

// A text to forward: the phone's own way to share it, where there is one.
const share = document.querySelector("[data-share]");
if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ text: document.getElementById(share.dataset.share).value }).catch(() => {}));
}
