// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>XDP programs of a device (IFLA_XDP). Several modes may hold one each.</summary>
/// <param name="Mode">XDP_ATTACHED_*: <c>driver</c>, <c>generic</c>, <c>hardware</c> or <c>multiple</c>.</param>
/// <param name="ProgramId">IFLA_XDP_PROG_ID; null when several are attached.</param>
/// <param name="DriverProgramId">IFLA_XDP_DRV_PROG_ID.</param>
/// <param name="GenericProgramId">IFLA_XDP_SKB_PROG_ID.</param>
/// <param name="HardwareProgramId">IFLA_XDP_HW_PROG_ID.</param>
public sealed record XdpFact(
    string Mode, uint? ProgramId = null, uint? DriverProgramId = null, uint? GenericProgramId = null, uint? HardwareProgramId = null);
