// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Admission;

/// <summary>A write about to be committed.</summary>
internal sealed record AdmissionRequest(Target Target, string Operation, JsonObject? Body, JsonObject? Old, UserInfo User);

/// <summary>The last word before a write: null lets it pass.</summary>
internal interface IAdmission
{
    ApiError? Check(AdmissionRequest request);
}
