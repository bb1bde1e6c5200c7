using Nines.Wire;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>The errors that only capacity reservations have, in EC2's codes and words.</summary>
internal static class CapacityReservationErrors
{
    public static AwsException NotActive(string id) => new(
        "InvalidCapacityReservationState", $"The capacity reservation '{id}' is not in the active state.");

    /// <summary>An instance that names a reservation runs nowhere else.</summary>
    public static AwsException Exceeded(string id) => new(
        "ReservationCapacityExceeded", $"The capacity reservation '{id}' does not have enough available capacity for the request.");

    public static AwsException DoesNotFit(string id, string what) =>
        Ec2Errors.InvalidParameterValue($"The capacity reservation '{id}' is for another {what} than the instance's.");

    public static AwsException InUse(string id, int used) =>
        Ec2Errors.InvalidParameterValue($"The capacity reservation '{id}' has {used} instances in use; its instance count cannot be less.");
}
