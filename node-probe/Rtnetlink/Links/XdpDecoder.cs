// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Decodes IFLA_XDP.</summary>
internal static class XdpDecoder
{
    /// <summary>XDP_ATTACHED_*; 0 = none.</summary>
    private static readonly string?[] Modes = [null, "driver", "generic", "hardware", "multiple"];

    /// <summary>False when it was not understood; a device without a program gives null.</summary>
    public static bool TryDecode(in NetlinkAttribute xdp, out XdpFact? fact)
    {
        string? mode = null;
        uint? program = null, driver = null, generic = null, hardware = null;
        var understood = true;
        var reader = xdp.Nested();
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LinkAttributes.XdpAttached:
                    understood &= attribute.TryGetByte(out var number) && number < Modes.Length;
                    mode = number < Modes.Length ? Modes[number] : null;
                    break;
                case LinkAttributes.XdpProgramId:
                    understood &= Set(attribute, ref program);
                    break;
                case LinkAttributes.XdpDriverProgramId:
                    understood &= Set(attribute, ref driver);
                    break;
                case LinkAttributes.XdpGenericProgramId:
                    understood &= Set(attribute, ref generic);
                    break;
                case LinkAttributes.XdpHardwareProgramId:
                    understood &= Set(attribute, ref hardware);
                    break;
            }
        }

        fact = mode is null ? null : new XdpFact(mode, program, driver, generic, hardware);
        return understood && !reader.IsMalformed;
    }

    private static bool Set(in NetlinkAttribute attribute, ref uint? field)
    {
        if (!attribute.TryGetUInt32(out var id)) return false;
        field = id;
        return true;
    }
}
