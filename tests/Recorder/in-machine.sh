#!/bin/sh
# Runs inside the virtual machine: fills a fresh network namespace with the mixed state and records it.
cd /opt || exit 1
ip netns add state
ip netns exec state sh mixed-state.sh /opt && ip netns exec state ./kubewgdiag-recorder /out mixed-state.sh
