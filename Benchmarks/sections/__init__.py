"""What Lockstep alone is measured by on this machine, a file each."""
