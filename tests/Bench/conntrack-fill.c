// SPDX-License-Identifier: Apache-2.0
//
// Fills the connection tracking table of the calling process's network namespace with a mixture of entries, by ctnetlink.
//
//   cc -O2 -o conntrack-fill conntrack-fill.c
//   conntrack-fill COUNT
//
// Of 16 entries 8 are TCP (established, one SYN_SENT), 4 UDP (one unreplied), 2 of IPv6, 1 ICMP, 1 SCTP; every eighth is in
// 10.244.0.0/16, and some have a mark. All stay for an hour at least. The entries of one COUNT are the same every time.
// nf_conntrack_max is one number for all namespaces and can be set in the first one only: it must be above COUNT before.
//
// Prints how many there are, and how long it took. Ends with 1 when the kernel refused one.

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_sctp.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 65536
#define MESSAGE_MAX 512

struct message {
    char *data;
    size_t length;
};

static void put(struct message *m, uint16_t type, const void *value, size_t length)
{
    struct nlattr *attribute = (struct nlattr *)(m->data + m->length);
    attribute->nla_len = (uint16_t)(NLA_HDRLEN + length);
    attribute->nla_type = type;
    memcpy(m->data + m->length + NLA_HDRLEN, value, length);
    m->length += NLA_HDRLEN + NLA_ALIGN(length);
}

static void put8(struct message *m, uint16_t type, uint8_t value) { put(m, type, &value, 1); }

static void put16(struct message *m, uint16_t type, uint16_t value)
{
    value = htons(value);
    put(m, type, &value, 2);
}

static void put32(struct message *m, uint16_t type, uint32_t value)
{
    value = htonl(value);
    put(m, type, &value, 4);
}

static size_t nest(struct message *m, uint16_t type)
{
    size_t at = m->length;
    put(m, type | NLA_F_NESTED, NULL, 0);
    return at;
}

static void end(struct message *m, size_t at) { ((struct nlattr *)(m->data + at))->nla_len = (uint16_t)(m->length - at); }

struct flow {
    int six, protocol, in_pod_network;
    uint32_t source, destination;
    uint16_t sport, dport;
};

static void put_address(struct message *m, const struct flow *flow, uint16_t four, uint16_t sixth, uint32_t address)
{
    uint32_t words[4] = {htonl(0x20010db8), 0, 0, htonl(address)};
    if (flow->six) put(m, sixth, words, sizeof(words));
    else put32(m, four, address);
}

static void put_tuple(struct message *m, const struct flow *flow, uint16_t type, int reply)
{
    size_t tuple = nest(m, type), ip = nest(m, CTA_TUPLE_IP);
    put_address(m, flow, CTA_IP_V4_SRC, CTA_IP_V6_SRC, reply ? flow->destination : flow->source);
    put_address(m, flow, CTA_IP_V4_DST, CTA_IP_V6_DST, reply ? flow->source : flow->destination);
    end(m, ip);
    size_t protocol = nest(m, CTA_TUPLE_PROTO);
    put8(m, CTA_PROTO_NUM, (uint8_t)flow->protocol);
    if (flow->protocol == IPPROTO_ICMP) {
        put16(m, CTA_PROTO_ICMP_ID, flow->sport);
        put8(m, CTA_PROTO_ICMP_TYPE, reply ? 0 : 8);
        put8(m, CTA_PROTO_ICMP_CODE, 0);
    } else {
        put16(m, CTA_PROTO_SRC_PORT, reply ? flow->dport : flow->sport);
        put16(m, CTA_PROTO_DST_PORT, reply ? flow->sport : flow->dport);
    }
    end(m, protocol);
    end(m, tuple);
}

static void put_state(struct message *m, uint32_t number, int protocol)
{
    size_t info = nest(m, CTA_PROTOINFO);
    size_t inner = nest(m, protocol == IPPROTO_TCP ? CTA_PROTOINFO_TCP : CTA_PROTOINFO_SCTP);
    if (protocol == IPPROTO_TCP) {
        struct nf_ct_tcp_flags flags = {.flags = IP_CT_TCP_FLAG_WINDOW_SCALE, .mask = IP_CT_TCP_FLAG_WINDOW_SCALE};
        put8(m, CTA_PROTOINFO_TCP_STATE, number % 16 == 0 ? TCP_CONNTRACK_SYN_SENT : TCP_CONNTRACK_ESTABLISHED);
        put8(m, CTA_PROTOINFO_TCP_WSCALE_ORIGINAL, 7);
        put8(m, CTA_PROTOINFO_TCP_WSCALE_REPLY, 7);
        put(m, CTA_PROTOINFO_TCP_FLAGS_ORIGINAL, &flags, sizeof(flags));
        put(m, CTA_PROTOINFO_TCP_FLAGS_REPLY, &flags, sizeof(flags));
    } else {
        put8(m, CTA_PROTOINFO_SCTP_STATE, SCTP_CONNTRACK_ESTABLISHED);
        put32(m, CTA_PROTOINFO_SCTP_VTAG_ORIGINAL, number);
        put32(m, CTA_PROTOINFO_SCTP_VTAG_REPLY, ~number);
    }
    end(m, inner);
    end(m, info);
}

static size_t write_entry(char *data, uint32_t number)
{
    uint32_t sort = number % 16;
    struct flow flow = {
        .six = sort == 12 || sort == 13,
        .protocol = sort < 8 || sort == 12 ? IPPROTO_TCP : sort < 12 || sort == 13 ? IPPROTO_UDP : sort == 14 ? IPPROTO_ICMP : IPPROTO_SCTP,
        .source = (number % 8 == 0 ? 0x0af40000 : 0x0a000000) | (number >> 8 & 0xffff),
        .destination = 0xc0000200 | (number & 0xff),
        .sport = (uint16_t)(1024 + number % 60000),
        .dport = (uint16_t)(number % 3 == 0 ? 443 : 53),
    };
    int unreplied = sort == 0 || sort == 8;
    struct message m = {data, NLMSG_HDRLEN + sizeof(struct nfgenmsg)};
    memset(data, 0, MESSAGE_MAX);
    put_tuple(&m, &flow, CTA_TUPLE_ORIG, 0);
    put_tuple(&m, &flow, CTA_TUPLE_REPLY, 1);
    put32(&m, CTA_STATUS, IPS_CONFIRMED | (unreplied ? 0 : IPS_SEEN_REPLY | IPS_ASSURED));
    put32(&m, CTA_TIMEOUT, 3600 + number % 86400);
    if (flow.protocol == IPPROTO_TCP || flow.protocol == IPPROTO_SCTP) put_state(&m, number, flow.protocol);
    if (number % 5 == 0) put32(&m, CTA_MARK, 0x4000);
    struct nlmsghdr *header = (struct nlmsghdr *)data;
    struct nfgenmsg *family = NLMSG_DATA(header);
    family->nfgen_family = flow.six ? AF_INET6 : AF_INET;
    header->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
    header->nlmsg_seq = number + 1;
    header->nlmsg_len = (uint32_t)m.length;
    return m.length;
}

// What the kernel said; it says nothing of entries that it took.
static int refusals(int fd)
{
    static char answer[65536];
    ssize_t length = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
    if (length < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr))) return 0;
    const struct nlmsgerr *error = NLMSG_DATA((const struct nlmsghdr *)answer);
    fprintf(stderr, "entry %u: %s\n", error->msg.nlmsg_seq - 1, strerror(-error->error));
    return -1;
}

int main(int argc, char **argv)
{
    static char batch[BATCH + MESSAGE_MAX] __attribute__((aligned(4)));
    uint32_t count = argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    if (count == 0) return fprintf(stderr, "usage: conntrack-fill COUNT\n"), 2;
    int size = 4 * BATCH;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    if (fd < 0 || bind(fd, (struct sockaddr *)&kernel, sizeof(kernel)) != 0) return perror("socket"), 1;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (uint32_t number = 0; number < count;) {
        size_t length = 0;
        while (number < count && length < BATCH) length += NLMSG_ALIGN(write_entry(batch + length, number++));
        if (sendto(fd, batch, length, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0) return perror("sendto"), 1;
        if (refusals(fd) != 0) return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("entries=%u seconds=%.2f\n", count, (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    return 0;
}
