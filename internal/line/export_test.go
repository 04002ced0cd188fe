package line

// Transitions is the table behind Next.
var Transitions = transitions
