namespace Nines.Control.Services.Ec2.Images;

/// <summary>Who owns the images that come with the cloud: the account that tools know as <c>amazon</c>.</summary>
internal static class ImageOwners
{
    /// <summary>The account of Amazon's own Linux images, which tools also filter by.</summary>
    public const string CloudAccountId = "137112412989";

    /// <summary>Its alias.</summary>
    public const string CloudAlias = "amazon";
}
