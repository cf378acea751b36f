// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Commands for <c>ip -batch</c> that add hundreds of entries of every kind to a namespace that nasty-namespace.sh has filled.</summary>
internal static class ManyEntries
{
    public static string Batch()
    {
        var text = new StringBuilder();
        for (var i = 1; i <= 30; i++)
        {
            text.Append($"link add m{i} mtu {1300 + i} type veth peer name n{i}\n").Append($"link set m{i} up\n");
            text.Append($"addr add 10.{100 + i}.0.1/{8 + (i % 24)} dev m{i} label m{i}:{i}\n");
            text.Append($"addr add fd00:100:{i:x}::1/{64 + i} dev m{i} nodad{(i % 3 == 0 ? " preferred_lft 0 valid_lft 4000" : string.Empty)}\n");
        }

        string[] drops = ["blackhole", "unreachable", "prohibit", "throw"];
        for (var i = 1; i <= 250; i++)
        {
            var table = (i % 5) switch { 0 => 254, 1 => 1000 + i, _ => 300 };
            text.Append($"route add {(i % 7 == 0 ? drops[i % 4] + " " : string.Empty)}172.{16 + (i % 16)}.{i}.0/24 ");
            text.Append(i % 7 == 0 ? string.Empty : i % 3 == 0 ? "via 10.1.0.254 " : $"dev m{1 + (i % 30)} ").Append($"table {table} metric {i % 4} proto {101 + (i % 80)}");
            text.Append(i % 7 != 0 && i % 11 == 0 ? $" mtu {1280 + i} advmss {500 + i}\n" : "\n");
            text.Append($"route add fd00:200:{i:x}::/{48 + (i % 60)} {(i % 2 == 0 ? "via fd00:1::fe" : $"dev m{1 + (i % 30)}")} table {table} metric {1 + (i % 9)}\n");
        }

        for (var i = 1; i <= 60; i++)
        {
            text.Append($"rule add priority {1000 + i} from 10.{i}.0.0/{16 + (i % 17)} fwmark {i} table {300 + i}\n");
            text.Append($"neigh add 10.1.0.{i} lladdr 02:00:00:00:01:{i:x2} dev v0 nud {(i % 2 == 0 ? "permanent" : "stale")}\n");
            text.Append($"neigh add fd00:1::1:{i:x} lladdr 02:00:00:00:02:{i:x2} dev v0 nud permanent\n");
            text.Append($"neigh add proxy 10.200.0.{i} dev v2\n");
        }

        return text.ToString();
    }
}
