"""One registered factory and one work function a file; a stage reads files, writes files and imports no other stage."""
