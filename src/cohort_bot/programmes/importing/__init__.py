"""From the plan that a group already has, in text or Markdown, to a first draft of a programme."""
