#!/bin/sh
# Runs inside the virtual machine: fills the first network namespace with the mixed state and records it.
cd /opt || exit 1
sh mixed-state.sh /opt && ./kubewgdiag-recorder /out mixed-state.sh
