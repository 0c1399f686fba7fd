"""Many futures: sampling of states, batches on threads, tables, and the study folder."""
