// Keeps the page of a job up to date; without it the page is read anew by hand.
(function () {
  "use strict";
  var box = document.getElementById("zn-job");
  if (!box || box.dataset.ended === "yes") return;
  var bar = box.querySelector("progress");
  var pause = 1000;

  function field(name) {
    return box.querySelector('[data-field="' + name + '"]');
  }

  function show(job) {
    var state = field("state_title");
    // Set only when it changes, so that a screen reader says it once.
    if (state.textContent !== job.state_title) {
      state.textContent = job.state_title;
      state.className = "zn-tag zn-job-" + job.state;
    }
    field("progress").textContent = job.progress;
    if (bar) {
      if (job.total) bar.value = Math.min(100, (100 * job.done) / job.total);
      else bar.removeAttribute("value");
    }
  }

  function look() {
    fetch(box.dataset.url, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    })
      .then(function (answer) {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      })
      .then(function (job) {
        pause = 1000;
        if (job.ended) {
          window.location.replace(job.page);
          return;
        }
        show(job);
        window.setTimeout(look, pause);
      })
      .catch(function () {
        // The server is busy or starts anew: ask again, less often.
        pause = Math.min(pause * 2, 15000);
        window.setTimeout(look, pause);
      });
  }

  window.setTimeout(look, pause);
})();
