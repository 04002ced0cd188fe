package supplier

// Edges is the table of states.
var Edges = next
