namespace Nines.Host.Api;

/// <summary>Which devices suit whom.</summary>
public static class DeviceModels
{
    /// <summary>Those that a platform drives as it comes. Nothing says that a disk with Windows has drivers of virtio on it; every Linux of ten years has.</summary>
    public static DeviceModel OfPlatform(GuestPlatform platform) => platform is GuestPlatform.Windows ? DeviceModel.Emulated : DeviceModel.Virtio;
}
