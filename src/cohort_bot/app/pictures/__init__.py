"""Pictures as SVG: for the pages of the board, and for chat."""
