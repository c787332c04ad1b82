// What does every page of the staff run? htmx under its guard, and a few small elements. All of it adds to a page that
// works without.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-csp.js";
import "./countdown";
import "./draft";
import "./polling";
import "./saved";
import "./shortcuts";
import "./sure";
import "./toast";
