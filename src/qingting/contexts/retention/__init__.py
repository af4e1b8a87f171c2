"""What is kept how long, what is held back from going, and what went: each kind's own room finds and erases it."""
