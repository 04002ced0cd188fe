package settle

// Transitions is the table behind Next.
var Transitions = transitions
