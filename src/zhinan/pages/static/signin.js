// Watches over a session: warns before it ends, keeps what was typed, offers it again.
(function () {
  "use strict";
  var box = document.getElementById("zn-watch");
  if (!box) return;
  var idle = Number(box.dataset.idle) * 1000;
  var warn = Number(box.dataset.warn) * 1000;
  var person = box.dataset.person;
  var CLOCK = "zn-watch-" + person;
  var FORMS = "zn-form-";
  var before = null;
  var touched = 0;
  var over = false;
  // Tabs of one browser share one session, and so one clock.
  var local = store("localStorage");
  var session = store("sessionStorage");

  function store(name) {
    try {
      window[name].setItem("zn-try", "1");
      window[name].removeItem("zn-try");
      return window[name];
    } catch (error) {
      return null;
    }
  }

  function part(name) {
    return box.querySelector('[data-part="' + name + '"]');
  }

  function last() {
    var found = local ? Number(local.getItem(CLOCK)) : 0;
    return found || started;
  }

  function active() {
    started = Date.now();
    if (local) local.setItem(CLOCK, String(started));
  }

  var started = Date.now();
  active();

  // ------------------------------------------------------------ warning and end

  function words(milliseconds) {
    var seconds = Math.max(1, Math.ceil(milliseconds / 1000));
    var said = part("said").dataset;
    if (seconds > 90) return Math.ceil(seconds / 60) + " " + said.minutes;
    return seconds + " " + said.seconds;
  }

  function show(name) {
    var dialog = part(name);
    if (!dialog.hidden) return;
    box.hidden = false;
    before = document.activeElement;
    dialog.hidden = false;
    dialog.querySelector("button, a").focus();
  }

  function hide(name) {
    var dialog = part(name);
    if (dialog.hidden) return;
    dialog.hidden = true;
    if (before && before.focus) before.focus();
  }

  function stay() {
    return fetch(box.dataset.stay, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    })
      .then(function (answer) {
        return answer.json();
      })
      .then(function (found) {
        if (found.left) {
          active();
          hide("warn");
        } else end();
      });
  }

  function end() {
    if (over) return;
    over = true;
    keep();
    hide("warn");
    part("again").href =
      box.dataset.login + "?came_from=" + encodeURIComponent(location.href);
    show("over");
  }

  function look() {
    if (over) return;
    var left = last() + idle - Date.now();
    if (left <= 0) {
      // The server has the last word: another browser window may have been active.
      fetch(box.dataset.stay, { credentials: "same-origin" })
        .then(function (answer) {
          return answer.json();
        })
        .then(function (found) {
          if (!found.left) end();
          else part("left").textContent = words(1000);
        })
        .catch(end);
    } else if (left <= warn) {
      part("left").textContent = words(left);
      show("warn");
    } else hide("warn");
  }

  // Typing and reading are activity too; the server hears of it now and then.
  ["keydown", "pointerdown", "wheel", "touchstart"].forEach(function (kind) {
    document.addEventListener(
      kind,
      function () {
        if (over || !part("warn").hidden) return;
        if (Date.now() - touched < Math.min(60000, idle / 4)) return;
        touched = Date.now();
        if (touched - last() > Math.min(60000, idle / 4)) stay().catch(function () {});
      },
      { capture: true, passive: true }
    );
  });

  part("stay").addEventListener("click", function () {
    stay().catch(end);
  });
  part("warn").addEventListener("keydown", function (event) {
    if (event.key === "Escape") stay().catch(end);
    // One button alone: the focus stays on it.
    if (event.key === "Tab") event.preventDefault();
  });
  window.setInterval(look, Math.min(5000, Math.max(500, warn / 10)));
  document.addEventListener("visibilitychange", look);

  // ---------------------------------------------------------- what was typed

  function forms() {
    return Array.prototype.filter.call(document.forms, function (form) {
      return form.method === "post" && !form.querySelector('[type="password"]');
    });
  }

  function name(form) {
    var index = Array.prototype.indexOf.call(document.forms, form);
    return FORMS + location.pathname + "#" + (form.id || index);
  }

  function fields(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return (
        field.name &&
        field.name !== "_authenticator" &&
        ["hidden", "password", "file", "submit", "button", "image", "reset"].indexOf(
          field.type
        ) < 0
      );
    });
  }

  function editor(field) {
    return window.tinymce && field.id && window.tinymce.get(field.id);
  }

  function value(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked;
    if (field.type === "select-multiple") {
      return Array.prototype.map.call(field.selectedOptions, function (option) {
        return option.value;
      });
    }
    var rich = editor(field);
    return rich ? rich.getContent() : field.value;
  }

  function key(field, seen) {
    var base = field.name;
    if (field.type === "checkbox" || field.type === "radio") base += "=" + field.value;
    seen[base] = (seen[base] || 0) + 1;
    return base + "~" + seen[base];
  }

  function read(form) {
    var seen = {};
    var values = {};
    fields(form).forEach(function (field) {
      values[key(field, seen)] = value(field);
    });
    return values;
  }

  var first = new Map();
  forms().forEach(function (form) {
    first.set(form, JSON.stringify(read(form)));
  });

  function keep() {
    if (!session) return;
    forms().forEach(function (form) {
      var values = read(form);
      var text = JSON.stringify(values);
      if (first.has(form) && first.get(form) === text) return;
      try {
        session.setItem(name(form), JSON.stringify({ person: person, values: values }));
      } catch (error) {
        // Full: what is kept already stays.
      }
    });
  }

  function put(form, values) {
    var seen = {};
    fields(form).forEach(function (field) {
      var found = values[key(field, seen)];
      if (found === undefined) return;
      var rich = editor(field);
      if (rich) rich.setContent(found);
      if (field.type === "checkbox" || field.type === "radio") field.checked = found;
      else if (field.type === "select-multiple") {
        Array.prototype.forEach.call(field.options, function (option) {
          option.selected = found.indexOf(option.value) >= 0;
        });
      } else field.value = found;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  function forget(all) {
    if (!session) return;
    Object.keys(session).forEach(function (item) {
      if (item.indexOf(FORMS) !== 0) return;
      var mine = false;
      try {
        mine = JSON.parse(session.getItem(item)).person === person;
      } catch (error) {
        mine = false;
      }
      if (all || !mine) session.removeItem(item);
    });
  }

  function offer() {
    if (!session) return;
    forget(false);
    var kept = forms().filter(function (form) {
      var text = session.getItem(name(form));
      if (!text) return false;
      // A page that answers a form may ask more than it did: what it lacks is no loss.
      var kept = JSON.parse(text).values;
      var now = JSON.parse(first.get(form) || "{}");
      return Object.keys(kept).some(function (field) {
        return field in now && JSON.stringify(kept[field]) !== JSON.stringify(now[field]);
      });
    });
    if (!kept.length) return;
    box.hidden = false;
    part("offer").hidden = false;
    part("restore").addEventListener("click", function () {
      kept.forEach(function (form) {
        put(form, JSON.parse(session.getItem(name(form))).values);
      });
      part("offer").hidden = true;
      part("said").textContent = part("said").dataset.done;
    });
    part("drop").addEventListener("click", function () {
      kept.forEach(function (form) {
        session.removeItem(name(form));
      });
      part("offer").hidden = true;
    });
  }

  document.addEventListener("input", function () {
    window.clearTimeout(keep.timer);
    keep.timer = window.setTimeout(keep, 1000);
  });
  // An editor in a frame tells nobody that somebody types in it.
  window.setInterval(function () {
    if (window.tinymce && !over) keep();
  }, 10000);
  document.addEventListener("submit", function (event) {
    // Kept until the next page shows that it was taken: a session may have ended.
    keep();
    if (session && event.target.method === "post") {
      session.setItem("zn-sent", name(event.target));
    }
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest('a[href*="/logout"]');
    if (link) forget(true);
  });
  if (session) {
    var sent = session.getItem("zn-sent");
    session.removeItem("zn-sent");
    if (sent && sent.indexOf(FORMS + location.pathname + "#") !== 0) {
      session.removeItem(sent);
    }
  }
  window.setTimeout(offer, 0);
})();
