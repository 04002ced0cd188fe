package movement

// Transitions is the table behind Next.
var Transitions = transitions
