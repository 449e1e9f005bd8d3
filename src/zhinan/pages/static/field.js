// Opens the form at the field that the address names: the fields of a form stand in
// groups, of which one is shown, and a browser scrolls to nothing that is hidden.
(function () {
  "use strict";
  var name = window.location.hash.slice(1);
  if (name.indexOf("formfield-") !== 0) return;
  var tries = 0;

  function open() {
    var field = document.getElementById(name);
    var tabs = document.querySelectorAll(".autotoc-nav a");
    tries += 1;
    if (!field || (!tabs.length && tries < 50)) {
      // The groups are made after the page has come.
      if (tries < 50) window.setTimeout(open, 100);
      return;
    }
    var group = field.closest("fieldset.autotoc-section");
    if (group) {
      var groups = group.parentNode.querySelectorAll("fieldset.autotoc-section");
      var tab = tabs[Array.prototype.indexOf.call(groups, group)];
      if (tab) tab.click();
    }
    field.classList.add("zn-tomend");
    field.scrollIntoView({ block: "center" });
    var input = field.querySelector("input:not([type=hidden]), textarea, select");
    if (input) input.focus({ preventScroll: true });
  }

  open();
})();
