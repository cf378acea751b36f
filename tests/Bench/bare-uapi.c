// SPDX-License-Identifier: Apache-2.0
//
// The floor of reading a userspace WireGuard device: asks its UAPI socket and throws the answer away.  bare-uapi SOCKET
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static char buffer[65536];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char end[16] = "";
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    if (argc != 2 || s < 0) return 2;
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    if (connect(s, (struct sockaddr *)&address, sizeof address) || write(s, "get=1\n\n", 7) != 7) return 1;
    for (ssize_t n; (n = read(s, buffer, sizeof buffer)) > 0;) {
        // The last bytes of all that came tell the end: an empty line.
        for (ssize_t i = n > 2 ? n - 2 : 0; i < n; i++) end[0] = end[1], end[1] = buffer[i];
        if (end[0] == '\n' && end[1] == '\n') return 0;
    }
    return 1;
}
