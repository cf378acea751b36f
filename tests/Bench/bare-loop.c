// SPDX-License-Identifier: Apache-2.0
//
// The floor of every dump: asks the kernel for one and throws the answer away. No record is decoded; of each message only the header is
// read, because the end of a dump can be told by nothing else. The socket has the options of the probe's own.
//
//   cc -O2 -o bare-loop bare-loop.c
//   bare-loop [-b BYTES] WHAT...
//
// WHAT: links, addresses, routes, routes4, routes6, rules, neighbours, nexthops, qdiscs, conntrack, conntrack4, conntrack6, nft-tables,
// nft-chains, nft-rules, nft-sets, wireguard:DEVICE. Several are asked one after the other on sockets of their own.
// -b sets the size of the receive buffer (32768).
//
// Prints one line for each:  WHAT messages=N bytes=N datagrams=N user=SECONDS system=SECONDS wall=SECONDS
// Ends with 1 when a dump failed and 2 when it was called wrongly.

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct question {
    const char *name;
    int protocol;
    uint16_t type;
    uint8_t family;
    size_t header; // bytes after the netlink header
};

#define NFT(message) (NFNL_SUBSYS_NFTABLES << 8 | (message))
#define CT(message) (NFNL_SUBSYS_CTNETLINK << 8 | (message))

static const struct question questions[] = {
    {"links", NETLINK_ROUTE, RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg)},
    {"addresses", NETLINK_ROUTE, RTM_GETADDR, AF_UNSPEC, sizeof(struct ifaddrmsg)},
    {"routes", NETLINK_ROUTE, RTM_GETROUTE, AF_UNSPEC, sizeof(struct rtmsg)},
    {"routes4", NETLINK_ROUTE, RTM_GETROUTE, AF_INET, sizeof(struct rtmsg)},
    {"routes6", NETLINK_ROUTE, RTM_GETROUTE, AF_INET6, sizeof(struct rtmsg)},
    {"rules", NETLINK_ROUTE, RTM_GETRULE, AF_UNSPEC, sizeof(struct rtmsg)},
    {"neighbours", NETLINK_ROUTE, RTM_GETNEIGH, AF_UNSPEC, sizeof(struct ndmsg)},
    {"nexthops", NETLINK_ROUTE, RTM_GETNEXTHOP, AF_UNSPEC, 8},
    {"qdiscs", NETLINK_ROUTE, RTM_GETQDISC, AF_UNSPEC, sizeof(struct tcmsg)},
    {"conntrack", NETLINK_NETFILTER, CT(IPCTNL_MSG_CT_GET), AF_UNSPEC, sizeof(struct nfgenmsg)},
    {"conntrack4", NETLINK_NETFILTER, CT(IPCTNL_MSG_CT_GET), AF_INET, sizeof(struct nfgenmsg)},
    {"conntrack6", NETLINK_NETFILTER, CT(IPCTNL_MSG_CT_GET), AF_INET6, sizeof(struct nfgenmsg)},
    {"nft-tables", NETLINK_NETFILTER, NFT(NFT_MSG_GETTABLE), AF_UNSPEC, sizeof(struct nfgenmsg)},
    {"nft-chains", NETLINK_NETFILTER, NFT(NFT_MSG_GETCHAIN), AF_UNSPEC, sizeof(struct nfgenmsg)},
    {"nft-rules", NETLINK_NETFILTER, NFT(NFT_MSG_GETRULE), AF_UNSPEC, sizeof(struct nfgenmsg)},
    {"nft-sets", NETLINK_NETFILTER, NFT(NFT_MSG_GETSET), AF_UNSPEC, sizeof(struct nfgenmsg)},
};

struct totals {
    uint64_t messages, bytes, datagrams;
};

static int fail(const char *what)
{
    perror(what);
    return -1;
}

static int open_socket(int protocol)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    int on = 1;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) return fail("socket");
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) return fail("bind");
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
    return fd;
}

static int ask(int fd, struct nlmsghdr *request)
{
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    request->nlmsg_seq++;
    return sendto(fd, request, request->nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0 ? fail("sendto") : 0;
}

// Counts the messages of a datagram; 1 at the end of the dump, -1 when the kernel refused it.
static int count(const char *data, size_t length, struct totals *totals)
{
    while (length >= sizeof(struct nlmsghdr)) {
        const struct nlmsghdr *message = (const struct nlmsghdr *)data;
        size_t step = NLMSG_ALIGN(message->nlmsg_len);
        if (message->nlmsg_len < sizeof(*message) || message->nlmsg_len > length) return -1;
        if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
            int code = *(const int *)NLMSG_DATA(message);
            if (code == 0) return 1;
            fprintf(stderr, "refused: %s\n", strerror(code < 0 ? -code : code));
            return -1;
        }
        totals->messages++;
        if (step >= length) break;
        data += step;
        length -= step;
    }
    return 0;
}

static int drain(int fd, char *buffer, size_t size, struct totals *totals)
{
    for (;;) {
        ssize_t length = recv(fd, buffer, size, MSG_TRUNC);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) return fail("recv");
        if ((size_t)length > size) return fprintf(stderr, "a datagram of %zd bytes did not fit\n", length), -1;
        totals->datagrams++;
        totals->bytes += (uint64_t)length;
        int end = count(buffer, (size_t)length, totals);
        if (end != 0) return end < 0 ? -1 : 0;
    }
}

static size_t put(char *request, size_t at, uint16_t type, const void *value, size_t length)
{
    struct nlattr *attribute = (struct nlattr *)(request + at);
    attribute->nla_len = (uint16_t)(NLA_HDRLEN + length);
    attribute->nla_type = type;
    memcpy(request + at + NLA_HDRLEN, value, length);
    return at + NLA_HDRLEN + NLA_ALIGN(length);
}

// The number of the wireguard family; 0 when the kernel does not have it.
static uint16_t wireguard_family(int fd, char *buffer, size_t size)
{
    char request[64] __attribute__((aligned(4))) = {0};
    struct nlmsghdr *header = (struct nlmsghdr *)request;
    struct genlmsghdr *generic = NLMSG_DATA(header);
    generic->cmd = CTRL_CMD_GETFAMILY;
    generic->version = 1;
    header->nlmsg_type = GENL_ID_CTRL;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_len = (uint32_t)put(request, NLMSG_HDRLEN + GENL_HDRLEN, CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME, sizeof(WG_GENL_NAME));
    if (ask(fd, header) != 0) return 0;
    ssize_t length = recv(fd, buffer, size, 0);
    if (length < (ssize_t)(NLMSG_HDRLEN + GENL_HDRLEN) || ((struct nlmsghdr *)buffer)->nlmsg_type != GENL_ID_CTRL) return 0;
    for (size_t at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN <= (size_t)length;) {
        const struct nlattr *attribute = (const struct nlattr *)(buffer + at);
        if (attribute->nla_type == CTRL_ATTR_FAMILY_ID) return *(const uint16_t *)(buffer + at + NLA_HDRLEN);
        if (attribute->nla_len < NLA_HDRLEN) return 0;
        at += NLA_ALIGN(attribute->nla_len);
    }
    return 0;
}

static int dump_wireguard(const char *device, char *buffer, size_t size, struct totals *totals)
{
    char request[64] __attribute__((aligned(4))) = {0};
    struct nlmsghdr *header = (struct nlmsghdr *)request;
    struct genlmsghdr *generic = NLMSG_DATA(header);
    size_t length = strlen(device) + 1;
    if (length > 16) return fprintf(stderr, "%s: too long a name\n", device), -1;
    int fd = open_socket(NETLINK_GENERIC);
    if (fd < 0) return -1;
    header->nlmsg_type = wireguard_family(fd, buffer, size);
    if (header->nlmsg_type == 0) return close(fd), fprintf(stderr, "this kernel has no WireGuard\n"), -1;
    generic->cmd = WG_CMD_GET_DEVICE;
    generic->version = WG_GENL_VERSION;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_len = (uint32_t)put(request, NLMSG_HDRLEN + GENL_HDRLEN, WGDEVICE_A_IFNAME, device, length);
    int result = ask(fd, header) != 0 ? -1 : drain(fd, buffer, size, totals);
    close(fd);
    return result;
}

static int dump(const char *what, char *buffer, size_t size, struct totals *totals)
{
    if (strncmp(what, "wireguard:", 10) == 0) return dump_wireguard(what + 10, buffer, size, totals);
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        const struct question *question = &questions[i];
        if (strcmp(question->name, what) != 0) continue;
        char request[64] __attribute__((aligned(4))) = {0};
        struct nlmsghdr *header = (struct nlmsghdr *)request;
        int fd = open_socket(question->protocol);
        if (fd < 0) return -1;
        header->nlmsg_type = question->type;
        header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
        header->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + question->header);
        *(uint8_t *)NLMSG_DATA(header) = question->family; // every one of the headers begins with it
        int result = ask(fd, header) != 0 ? -1 : drain(fd, buffer, size, totals);
        close(fd);
        return result;
    }
    fprintf(stderr, "%s: no such dump\n", what);
    return -1;
}

static double seconds(struct timeval from, struct timeval to)
{
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_usec - from.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
    size_t size = 32 * 1024;
    int failed = 0, option;
    while ((option = getopt(argc, argv, "b:")) != -1) {
        if (option != 'b' || (size = strtoul(optarg, NULL, 10)) < 4096) return 2;
    }
    char *buffer = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
    if (buffer == NULL || optind == argc) return fprintf(stderr, "bare-loop [-b BYTES] WHAT...\n"), 2;
    for (int i = optind; i < argc; i++) {
        struct totals totals = {0};
        struct rusage before, after;
        struct timespec start, end;
        clock_gettime(CLOCK_MONOTONIC, &start);
        getrusage(RUSAGE_SELF, &before);
        failed |= dump(argv[i], buffer, size, &totals) != 0;
        getrusage(RUSAGE_SELF, &after);
        clock_gettime(CLOCK_MONOTONIC, &end);
        printf("%s messages=%lu bytes=%lu datagrams=%lu user=%.6f system=%.6f wall=%.6f\n", argv[i], totals.messages, totals.bytes,
            totals.datagrams, seconds(before.ru_utime, after.ru_utime), seconds(before.ru_stime, after.ru_stime),
            (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
    }
    free(buffer);
    return failed;
}
