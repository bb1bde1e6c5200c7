using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>Which reservations an instance may run in.</summary>
/// <param name="Preference">AWS's word, <c>open</c> or <c>none</c>; <see langword="null"/> where one is named.</param>
/// <param name="ReservationId">The one that it runs in and nowhere else.</param>
internal sealed record CapacityChoice(string? Preference, string? ReservationId = null)
{
    /// <summary>Any that is open and fits, else none: what an instance gets that does not choose.</summary>
    public static readonly CapacityChoice Open = new(CapacityReservationPreference.Open);

    /// <summary>What a request says.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public static CapacityChoice Parse(CapacityReservationSpecification? specification)
    {
        if (specification?.CapacityReservationTarget is { } target)
        {
            if (specification.CapacityReservationPreference is not null)
            {
                throw Ec2Errors.InvalidParameterCombination("The parameter CapacityReservationPreference cannot be used with the parameter CapacityReservationTarget");
            }

            return target.CapacityReservationResourceGroupArn is null
                ? new CapacityChoice(null, ResourceId.Parse<CapacityReservationId>(target.CapacityReservationId ?? throw Ec2Errors.MissingParameter("CapacityReservationId")).Value)
                : throw Ec2Errors.Unsupported("This cloud has no resource groups.");
        }

        return specification?.CapacityReservationPreference switch
        {
            null or CapacityReservationPreference.Open => Open,
            var other when CapacityReservationPreference.All.Contains(other) => new CapacityChoice(other),
            var other => throw Ec2Errors.InvalidValue("capacityReservationPreference", other, $"Valid values are {string.Join(", ", CapacityReservationPreference.All)}."),
        };
    }

    /// <summary>As answers show it.</summary>
    public CapacityReservationSpecificationResponse Describe() => new()
    {
        CapacityReservationPreference = Preference,
        CapacityReservationTarget = ReservationId is null ? null : new CapacityReservationTargetResponse { CapacityReservationId = ReservationId },
    };
}
