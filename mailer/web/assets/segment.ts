// What does the form of a segment run beside what every page does? Fields found by typing, and blocks drawn by the server.
import "./builder";
import "./finding";
