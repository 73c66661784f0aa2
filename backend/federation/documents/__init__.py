"""What goes down: signed documents in numbered series. A document is never changed; a later number takes its place.

The level above names in a catalogue what should stand (`catalogue`); the node below fetches what it lacks (`fetching`, or a
file), keeps the bytes (`store`), lets the room of each kind apply them (`standing`) and tells upward what became of each
(`acks`). What a level above issued goes on to those below as it came (`passing`, `vouching`). Nothing here knows what a pack
or a target is: `backend.streams` lists the kinds (`kinds.DocumentKind`).
"""
